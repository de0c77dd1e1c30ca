/** The codes that the collector gives. Another one is shown as it is. */
export const reasons = ['bad_type', 'no_id', 'no_name', 'no_group', 'too_large', 'too_many_fields', 'bad_timestamp', 'bad_field', 'not_utf8', 'not_an_object'] as const
export type Reason = (typeof reasons)[number]

export function isReason(code: string): code is Reason {
  return (reasons as readonly string[]).includes(code)
}

/** JSON set out in lines; what is no JSON stays as it was. */
export function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return raw
  }
}
