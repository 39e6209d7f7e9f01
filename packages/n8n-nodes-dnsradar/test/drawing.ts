/** Draws a workflow as n8n's canvas shows it, for the README: from the file itself, so that no picture can be outdated. */

export interface WorkflowFile {
  readonly name: string
  readonly nodes: readonly WorkflowNode[]
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly { readonly node: string }[])[] }>>
}

export interface WorkflowNode {
  readonly name: string
  readonly type: string
  readonly position: readonly [x: number, y: number]
  readonly parameters: Readonly<Record<string, unknown>>
}

const BOX = { width: 176, height: 56 }
/** Above a box there may stand a line of text. */
const MARGIN = 20

const STYLE = `
  rect { fill: #ffffff; stroke: #8a94a6; stroke-width: 1.5 }
  .ours { stroke: #1f6f5c; stroke-width: 2.5 }
  path { fill: none; stroke: #8a94a6; stroke-width: 1.5 }
  text { font: 13px system-ui, sans-serif; fill: #1c2430; text-anchor: middle }
  .type, .way { font-size: 11px; fill: #5b6577 }
  .way { text-anchor: start }
  @media (prefers-color-scheme: dark) {
    rect { fill: #1c2430 } text { fill: #eef1f6 } .type, .way { fill: #a9b3c4 } .ours { stroke: #2fb38f }
  }`

const TYPES: Readonly<Record<string, string>> = {
  'n8n-nodes-dnsradar.dnsRadar': 'DNSRadar',
  'n8n-nodes-dnsradar.dnsRadarTrigger': 'DNSRadar Trigger',
  'n8n-nodes-base.emailSend': 'Send Email',
  'n8n-nodes-base.httpRequest': 'HTTP Request',
  'n8n-nodes-base.if': 'If',
  'n8n-nodes-base.jira': 'Jira',
  'n8n-nodes-base.pagerDuty': 'PagerDuty',
  'n8n-nodes-base.postgres': 'Postgres',
  'n8n-nodes-base.slack': 'Slack',
  'n8n-nodes-base.switch': 'Switch',
  'n8n-nodes-base.webhook': 'Webhook',
}

export function drawing({ name, nodes, connections }: WorkflowFile): string {
  const xs = nodes.map(({ position }) => position[0])
  const ys = nodes.map(({ position }) => position[1])
  const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN]
  const [width, height] = [Math.max(...xs) - left + BOX.width + MARGIN, Math.max(...ys) - top + BOX.height + MARGIN]
  const nodeNamed = (wanted: string) => nodes.find((node) => node.name === wanted) as WorkflowNode
  const ways = Object.entries(connections).flatMap(([from, { main }]) =>
    main.flatMap((targets, output) =>
      targets.map(({ node }) => ({
        from: nodeNamed(from),
        to: nodeNamed(node),
        name: wayOut(nodeNamed(from), output),
      })),
    ),
  )
  const labels = nodes.map((node) =>
    label(
      node,
      ways.filter(({ to }) => to === node).map((way) => way.name),
    ),
  )
  const head = [`<title>${escaped(name)}</title>`, `<style>${STYLE}\n</style>`]
  const parts = [...head, ...ways.map(({ from, to }) => line(from, to)), ...nodes.map(box), ...labels.flat()]
  const frame = `viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${frame} role="img">\n${parts.join('\n')}\n</svg>\n`
}

function box({ name, type, position: [x, y] }: WorkflowNode): string {
  const middle = x + BOX.width / 2
  const kind = type.startsWith('n8n-nodes-dnsradar.') ? ' class="ours"' : ''
  return [
    `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8"${kind}/>`,
    `<text x="${middle}" y="${y + 25}">${escaped(name)}</text>`,
    `<text x="${middle}" y="${y + 43}" class="type">${TYPES[type] ?? escaped(type)}</text>`,
  ].join('\n')
}

function line(from: WorkflowNode, to: WorkflowNode): string {
  const [x1, y1] = [from.position[0] + BOX.width, from.position[1] + BOX.height / 2]
  const [x2, y2] = [to.position[0], to.position[1] + BOX.height / 2]
  const bend = (x1 + x2) / 2
  return `<path d="M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}"/>`
}

/** By which ways out of an If or a Switch it is reached: above the node, where no line is. */
function label({ position: [x, y] }: WorkflowNode, ways: readonly string[]): string[] {
  const named = ways.filter((way) => way !== '').join(', ')
  return named === '' ? [] : [`<text x="${x + 4}" y="${y - 6}" class="way">${escaped(named)}</text>`]
}

function wayOut({ type, parameters }: WorkflowNode, output: number): string {
  if (type === 'n8n-nodes-base.if') return output === 0 ? 'true' : 'false'
  if (type !== 'n8n-nodes-base.switch') return ''
  const { rules, options } = parameters as {
    rules: { values: { outputKey: string }[] }
    options: { renameFallbackOutput: string }
  }
  return rules.values[output]?.outputKey ?? options.renameFallbackOutput
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
