/** Whether the word was typed; capitals and spaces around it do not matter. */
export function confirms(typed: string, word: string): boolean {
  return typed.trim().toLocaleLowerCase() === word.toLocaleLowerCase()
}
