/** One structured line: fields first, a constant sentence last. Fields never hold secrets, bodies or headers. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
