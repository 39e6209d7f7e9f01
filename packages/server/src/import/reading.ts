/** What every reader gives: the monitors that a source asks for, what it left out and why, and what it cannot read. */
import type { NewMonitorInput } from '@dnsradar/client'
import type { Fault, Place } from '../source/place.ts'

export interface Wanted {
  readonly place: Place
  readonly input: NewMonitorInput
  /** Where each expected value stands, when they do not stand where the monitor does. */
  readonly values?: readonly Place[]
  /** What another program calls it: one that has no like here is left out under this name and is no fault. */
  readonly called?: string
}

/** Something that is in order there and has no monitor here. */
export interface LeftOut {
  readonly place: Place
  readonly what: string
  readonly why: string
}

export interface Reading {
  readonly wanted: readonly Wanted[]
  readonly leftOut: readonly LeftOut[]
  /** With one of these nothing is imported. */
  readonly faults: readonly Fault[]
}
