/** What `deploy/` holds names things that exist: metrics, settings, files. Nothing of it can be run here. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments, parse } from 'yaml'
import { SETTINGS } from '../src/config/settings.ts'
import { probeRoutes } from '../src/routes/service.ts'
import { createInstruments } from '../src/telemetry/instruments.ts'

const ROOT = new URL('../../../', import.meta.url)

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8')
}

const SETTING_NAMES: ReadonlySet<string> = new Set(Object.values(SETTINGS).map(({ name }) => name))

describe('metrics', () => {
  const { registry } = createInstruments()
  const known = new Map(registry.getMetricsAsArray().map((metric) => [metric.name, metric]))
  const suffixes = /_(?:bucket|count|sum)$/

  test.each(['deploy/prometheus/alerts.yaml', 'deploy/grafana/dnsradar.json'])(
    '%s asks for none that is not there',
    (file) => {
      const names = read(file).match(/\b(?:dnsradar|process)_[a-z_]+\b/g) ?? []
      expect(names.length).toBeGreaterThan(5)
      const missing = names.filter((name) => !known.has(name) && !known.has(name.replace(suffixes, '')))
      expect(missing).toEqual([])
    },
  )

  test('each has a name by the conventions of Prometheus and says what it counts', () => {
    for (const [name, metric] of known) {
      expect(name).toMatch(/^(?:dnsradar|process)_[a-z_]+$/)
      expect(`${name}: ${metric.help}`).toMatch(/\.$/)
    }
  })
})

interface Container {
  readonly env?: readonly { readonly name: string }[]
  readonly envFrom?: readonly Readonly<Record<string, { readonly name: string }>>[]
  readonly readinessProbe?: { readonly httpGet: { readonly path: string } }
  readonly livenessProbe?: { readonly httpGet: { readonly path: string } }
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly selector: { readonly matchLabels?: object }
    readonly template?: {
      readonly metadata: { readonly labels: object }
      readonly spec: { readonly containers: readonly Container[] }
    }
  }
}

describe('kubernetes', () => {
  const manifests = parseAllDocuments(read('deploy/kubernetes/dnsradar.yaml')).map(
    (document) => document.toJS() as Manifest,
  )
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment')
  const containers = deployments.flatMap(({ spec }) => spec?.template?.spec.containers ?? [])

  test('there is a deployment for each role, and each selects its own pods', () => {
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual([
      'dnsradar-api',
      'dnsradar-check',
      'dnsradar-deliver',
    ])
    for (const { spec } of deployments) expect(spec?.template?.metadata.labels).toEqual(spec?.selector.matchLabels)
  })

  test('every setting is one of ours', () => {
    const config = manifests.find(({ kind }) => kind === 'ConfigMap')
    const names = [
      ...Object.keys(config?.data ?? {}),
      ...containers.flatMap(({ env }) => (env ?? []).map(({ name }) => name)),
    ]
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !SETTING_NAMES.has(name))).toEqual([])
  })

  test('probes ask routes that answer without a key', () => {
    const probes = containers.flatMap(({ readinessProbe, livenessProbe }) => [readinessProbe, livenessProbe])
    const asked = new Set(probes.map((probe) => probe?.httpGet.path))
    expect(asked).toEqual(new Set(probeRoutes.map(({ path }) => path)))
  })
})

interface Composition {
  readonly services: Readonly<
    Record<
      string,
      { readonly image: string; readonly environment: object; readonly build?: { readonly dockerfile: string } }
    >
  >
}

describe.each(['deploy/compose.yaml', 'deploy/compose.postgres.yaml'])('%s', (file) => {
  const { services } = parse(read(file), { merge: true }) as Composition
  const ours = Object.values(services).filter(({ image }) => image === 'dnsradar')

  test('every setting of ours is one', () => {
    const names = ours.flatMap(({ environment }) => Object.keys(environment))
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !SETTING_NAMES.has(name))).toEqual([])
  })

  test('it builds from a file that is there', () => {
    for (const { build } of ours) expect(existsSync(new URL(build?.dockerfile ?? 'none', ROOT))).toBe(true)
  })
})

test('the image copies what is there, and every package that the server needs', () => {
  const copied = [...read('deploy/Dockerfile').matchAll(/^COPY (?!--from)(?<sources>.+) \S+$/gm)].flatMap(
    ({ groups }) => groups?.['sources']?.split(' ') ?? [],
  )
  expect(copied.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([])
  const { dependencies } = JSON.parse(read('packages/server/package.json')) as { dependencies: Record<string, string> }
  const ours = Object.keys(dependencies).filter((name) => name.startsWith('@dnsradar/'))
  for (const name of [...ours, '@dnsradar/server']) {
    expect(copied).toContain(name.replace('@dnsradar/', 'packages/') + '/src')
  }
})

test('the unit starts the server as `start` does', () => {
  const unit = read('deploy/systemd/dnsradar.service')
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const command = /node_modules\/\.bin\/node"? (?<args>.+)$/
  expect(command.exec(unit.split('\n').find((line) => line.startsWith('ExecStart=')) ?? '')?.groups?.['args']).toBe(
    command.exec(scripts['start'] ?? '')?.groups?.['args'],
  )
})
