/**
 * Draws the README's recording: runs the demo, and writes what it printed as a picture that plays.
 *
 *   node scripts/record-demo.ts      writes docs/images/demo.svg
 *
 * The picture is SVG with CSS alone: it follows the reader's light or dark theme, stands still for those who want no
 * motion, and needs no tool to be made.
 */
import { PassThrough } from 'node:stream'
import { mkdirSync, writeFileSync } from 'node:fs'
import { runCli } from '../packages/server/src/cli/index.ts'

const TARGET = new URL('../docs/images/demo.svg', import.meta.url)

/** The recording is made quickly and played slowly enough to be read. */
const SPEED = 5
const PLAYED_SECONDS = 24
/** The last picture stays this long before all begins again. */
const HOLD_SECONDS = 5

const COLUMNS = 100
const ROWS = 26
const CHARACTER = 7.25
const LINE = 17
const MARGIN = 14

/** Select Graphic Rendition, as far as the command line uses it. */
const CLASSES: Readonly<Record<string, string>> = { 1: 'b', 2: 'd', 31: 'r', 32: 'g', 33: 'y' }

interface Line {
  readonly text: string
  /** Milliseconds from the start. */
  readonly at: number
}

async function record(): Promise<readonly Line[]> {
  const recorded: Line[] = []
  const began = performance.now()
  const screen = { isTerminal: false, hasColours: true, columns: COLUMNS }
  const output = {
    out: (text: string) => void recorded.push({ text: anonymous(text), at: performance.now() - began }),
    err: (text: string) => console.error(text),
    redraw: () => {},
    screen,
    notes: screen,
  }
  const context = { output, input: new PassThrough(), env: {}, interrupted: () => new AbortController().signal }
  const status = await runCli(['demo', '--once', '--speed', String(SPEED)], context)
  if (status !== 0) throw new Error(`the demo ended with ${status}`)
  return [
    { text: '$ npx -y pnpm@12 demo', at: 0 },
    ...recorded.map(({ text, at }) => ({ text, at: at - (recorded[0]?.at ?? 0) + 400 })),
  ]
}

/** Ports and keys are of one run: the same picture comes out of every one, but for the milliseconds. */
function anonymous(text: string): string {
  return text.replaceAll(/sk_\w+/g, 'sk_…').replaceAll(/(127\.0\.0\.1):\d+/g, '$1:…')
}

function picture(all: readonly Line[]): string {
  const last = all.at(-1)?.at ?? 1
  const seconds = PLAYED_SECONDS + HOLD_SECONDS
  const percent = (at: number): string => ((at / last) * (PLAYED_SECONDS / seconds) * 100).toFixed(2)
  const appear = all.map(
    ({ at }, row) => `@keyframes l${row}{0%,${percent(at)}%{opacity:0}${percent(at + 1)}%{opacity:1}}`,
  )
  const scroll = all.flatMap(({ at }, row) =>
    row < ROWS ? [] : [`${percent(at)}%{transform:translateY(${(ROWS - 1 - row) * LINE}px)}`],
  )
  const bottom = Math.min(0, ROWS - all.length) * LINE
  const [width, height] = [Math.round(COLUMNS * CHARACTER + 2 * MARGIN), ROWS * LINE + 2 * MARGIN]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="dnsradar demo: records break, webhooks are told, records heal">
<style>
svg{--bg:#fbfbfa;--fg:#24292f;--dim:#6e7781;--green:#1a7f37;--red:#cf222e;--yellow:#9a6700}
@media(prefers-color-scheme:dark){svg{--bg:#0d1117;--fg:#e6edf3;--dim:#8b949e;--green:#3fb950;--red:#ff7b72;--yellow:#d29922}}
rect{fill:var(--bg)}text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--fg);white-space:pre;animation:${seconds}s step-end infinite}
.b{font-weight:600}.d{fill:var(--dim)}.g{fill:var(--green)}.r{fill:var(--red)}.y{fill:var(--yellow)}
g{animation:s ${seconds}s step-end infinite}
@keyframes s{0%{transform:translateY(0)}${scroll.join('')}100%{transform:translateY(${bottom}px)}}
${appear.join('\n')}
@media(prefers-reduced-motion:reduce){text{animation:none!important}g{animation:none;transform:translateY(${bottom}px)}}
</style>
<rect width="${width}" height="${height}" rx="8"/>
<svg width="${width}" height="${height - MARGIN}"><g>
${all.map(({ text }, row) => `<text x="${MARGIN}" y="${MARGIN + (row + 1) * LINE - 5}" style="animation-name:l${row}">${spans(text)}</text>`).join('\n')}
</g></svg>
</svg>
`
}

function spans(text: string): string {
  return text
    .split(/\u001b\[(\d+)m/)
    .map((part, at, parts) => {
      if (at % 2 === 1) return ''
      const style = CLASSES[parts[at - 1] ?? '']
      return style === undefined || part === '' ? escaped(part) : `<tspan class="${style}">${escaped(part)}</tspan>`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const lines = await record()
mkdirSync(new URL('.', TARGET), { recursive: true })
const svg = picture(lines)
writeFileSync(TARGET, svg)
console.log(`${lines.length} lines, ${Buffer.byteLength(svg)} octets in ${TARGET.pathname}`)
