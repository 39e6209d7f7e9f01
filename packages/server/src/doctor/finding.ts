/** What the doctor found, one line each, with what to do about it. */
export type Severity = 'ok' | 'warning' | 'fault'

export interface Finding {
  /** What was looked at: `resolvers`, `database`. */
  readonly area: string
  readonly severity: Severity
  readonly message: string
  /** What to do; null where nothing is to be done. */
  readonly fix: string | null
}

/** Looks at one area. A part of it that throws is a fault of that area. */
export type Examination = () => Promise<readonly Finding[]>

export function findings(area: string) {
  return {
    ok: (message: string): Finding => ({ area, severity: 'ok', message, fix: null }),
    warning: (message: string, fix: string): Finding => ({ area, severity: 'warning', message, fix }),
    fault: (message: string, fix: string): Finding => ({ area, severity: 'fault', message, fix }),
  }
}
