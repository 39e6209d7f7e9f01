/** Files as vite reads them for a test: n8n's linter, which covers tests too, allows no `node:fs`. */
declare module '*.md?raw' {
  const text: string
  export default text
}

interface ImportMeta {
  /** From path to the file's content when `eager`, to a function that loads it otherwise. */
  glob(pattern: string): Readonly<Record<string, unknown>>
  glob<T>(pattern: string, how: { eager: true; import: 'default' }): Readonly<Record<string, T>>
}
