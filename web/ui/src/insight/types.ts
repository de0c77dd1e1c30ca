import type { components } from '../api/schema.gen'

type S = components['schemas']

export type FunnelQuestion = S['FunnelQuestion']
export type FunnelAnswer = S['FunnelAnswer']
export type FunnelStep = S['FunnelStep']
export type FunnelCount = S['FunnelCount']
export type FunnelPoint = S['FunnelPoint']
export type PathsQuestion = S['PathsQuestion']
export type PathsAnswer = S['PathsAnswer']
export type Compared = S['Compared']
export type TrendQuestion = S['TrendQuestion']
export type TrendSeries = S['TrendSeries']
export type TrendAnswer = S['TrendAnswer']
export type AttributionQuestion = S['AttributionQuestion']
export type AttributionAnswer = S['AttributionAnswer']
export type AttributionCredit = S['AttributionCredit']
export type AttributionModel = NonNullable<AttributionQuestion['models']>[number]
export type Mapped = S['Mapped']
export type ConformanceQuestion = S['ConformQuery']
export type ConformanceAnswer = S['ConformAnswer']
export type ConformDeviation = S['ConformDeviation']
export type ModelStep = S['ModelStep']
export type TraceMove = S['TraceMove']
export type DriversQuestion = S['Drivers']
export type DriversAnswer = S['DriversAnswer']
export type DriverCandidate = S['DriverCandidate']
export type Driver = S['Driver']
export type ContactQuestion = S['FirstContact']
export type ContactAnswer = S['FirstContactAnswer']
export type ContactValue = S['FirstContactValue']
export type Rate = S['Rate']
export type Meta = S['Meta']
export type SavedView = S['SavedView']

/** Whom to list: those at a step (from 1) of what was asked, or lost before it; of one series. */
export interface Who {
  step: number
  outcome?: 'lost'
  value?: string
}

/** What the table view and the CSV hold: raw values, with how each is written on screen. */
export interface Sheet {
  head: string[]
  rows: Cell[][]
}
export interface Cell {
  value: string | number | null
  text: string
}
