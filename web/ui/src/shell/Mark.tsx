/** The product's sign: a path that arrives. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 11c5.500 0 4 10 9.500 10S19 11 24 11" fill="none" stroke="#8f9bff" strokeWidth="3.200" strokeLinecap="round" />
      <circle cx="26" cy="11" r="3.200" fill="#2fc4b2" />
    </svg>
  )
}
