/** The documents of the repository, and what stands between the fences in them. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = new URL('../../', import.meta.url)
export const ROOT_FOLDER = fileURLToPath(ROOT)

/** Every Markdown file of ours, by its path from the root. */
export const DOCUMENTS: readonly string[] = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (name) => /(?:^|\/)(?:node_modules|dist|build|data|\.git)$/.test(name),
}).sort()

export interface Fence {
  readonly document: string
  /** The line of its first fence, counted from 1. */
  readonly line: number
  /** The first word behind the fence; empty when there is none. */
  readonly language: string
  readonly code: string
}

export function textOf(document: string): string {
  return readFileSync(new URL(document, ROOT), 'utf8')
}

/** Throws where a fence is opened and not closed. */
export function fencesIn(document: string): readonly Fence[] {
  const fences: Fence[] = []
  let open: { line: number; language: string; indent: number; code: string[] } | undefined
  for (const [at, text] of textOf(document).split('\n').entries()) {
    const fence = /^(?<indent> *)(?:```|~~~)\s*(?<language>\S*)/.exec(text)?.groups
    if (open === undefined && fence !== undefined) {
      open = { line: at + 1, language: fence['language'] ?? '', indent: fence['indent']?.length ?? 0, code: [] }
    } else if (open !== undefined && fence !== undefined) {
      const { line, language, code } = open
      fences.push({ document, line, language, code: `${code.join('\n')}\n` })
      open = undefined
    } else open?.code.push(text.slice(open.indent))
  }
  if (open !== undefined) throw new Error(`${document}:${open.line}: this fence is not closed`)
  return fences
}

export const FENCES: readonly Fence[] = DOCUMENTS.flatMap(fencesIn)

export function fencesOf(...languages: readonly string[]): readonly Fence[] {
  return FENCES.filter(({ language }) => languages.includes(language))
}

export function withoutFences(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```/gm, '')
}

/** What stands between single backticks. */
export function spansIn(document: string): readonly string[] {
  return [...withoutFences(textOf(document)).matchAll(/`(?<span>[^`]+)`/g)].map(({ groups }) => groups?.['span'] ?? '')
}
