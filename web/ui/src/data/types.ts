import type { components } from '../api/schema.gen'

type S = components['schemas']

export type Source = S['Source']
export type LiveEvent = S['LiveEvent']
export type Rejection = S['Rejection']
export type Import = S['Import']
export type Status = S['Status']
