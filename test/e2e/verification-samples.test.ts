/**
 * The samples of docs/webhooks.md verify what the product sends, and nothing else. Each language is tried where it is
 * installed; JavaScript always is.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { textHeaders } from '../harness/delivered.ts'
import { startRadar } from '../harness/radar.ts'

interface Language {
  readonly fence: string
  readonly command: string
  /** File names and contents, given the sample. */
  readonly files: (sample: string) => Readonly<Record<string, string>>
  /** Of the command, in the folder of the files. */
  readonly args: readonly string[]
}

/** Each driver reads `{secret, headers, body, now}` and prints true or false. */
const LANGUAGES: readonly Language[] = [
  {
    fence: 'js',
    command: process.execPath,
    args: ['main.mjs'],
    files: (sample) => ({
      'verify.mjs': sample,
      'main.mjs': `import { readFileSync } from 'node:fs'
import { verify } from './verify.mjs'
const { secret, headers, body, now } = JSON.parse(readFileSync(0, 'utf8'))
console.log(verify(secret, headers, body, now))
`,
    }),
  },
  {
    fence: 'python',
    command: 'python3',
    args: ['main.py'],
    files: (sample) => ({
      'main.py': `${sample}
import json, sys
case = json.load(sys.stdin)
print(str(verify(case["secret"], case["headers"], case["body"].encode(), case["now"])).lower())
`,
    }),
  },
  {
    fence: 'php',
    command: 'php',
    args: ['main.php'],
    files: (sample) => ({
      'main.php': `<?php
${sample}
$case = json_decode(file_get_contents('php://stdin'), true);
echo var_export(verify($case['secret'], $case['headers'], $case['body'], $case['now']), true);
`,
    }),
  },
  {
    fence: 'ruby',
    command: 'ruby',
    args: ['main.rb'],
    files: (sample) => ({
      'main.rb': `${sample}
require "json"
given = JSON.parse($stdin.read)
puts verify(given["secret"], given["headers"], given["body"], given["now"])
`,
    }),
  },
  {
    fence: 'go',
    command: 'go',
    args: ['run', '.'],
    files: (sample) => ({
      'go.mod': 'module webhook\n\ngo 1.21\n',
      'verify.go': sample.replace('package webhook', 'package main'),
      'main.go': `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	var given struct {
		Secret, Body string
		Headers      map[string]string
		Now          int64
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	headers := http.Header{}
	for name, value := range given.Headers {
		headers.Set(name, value)
	}
	fmt.Println(Verify(given.Secret, headers, []byte(given.Body), time.Unix(given.Now, 0)))
}
`,
    }),
  },
]

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const installed = LANGUAGES.filter(({ command }) => spawnSync(command, ['-h'], { stdio: 'ignore' }).error === undefined)
const folders = new Map<string, string>()

function sampleIn(fence: string): string {
  const sample = new RegExp(`^\`\`\`${fence}\\n(?<code>[\\s\\S]*?)^\`\`\``, 'm').exec(page)?.groups?.['code']
  if (sample === undefined) throw new Error(`docs/webhooks.md has no sample in ${fence}`)
  return sample
}

interface Sent {
  readonly secret: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Unix seconds. */
  readonly now: number
}

let sent: Sent

beforeAll(async () => {
  for (const { fence, files } of installed) {
    const folder = mkdtempSync(join(tmpdir(), 'dnsradar-sample-'))
    folders.set(fence, folder)
    for (const [name, text] of Object.entries(files(sampleIn(fence)))) writeFileSync(join(folder, name), text)
  }
  sent = await sentWith({})
})
afterAll(() => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true })
})

/** A test delivery of a webhook that was made like this. */
async function sentWith(made: { readonly secret?: string }): Promise<Sent> {
  await using radar = await startRadar()
  const webhook = await radar.client.createWebhook({ url: radar.receiver.url, ...made })
  await radar.client.testWebhook(webhook.uuid)
  const [request] = await radar.receiver.waitFor(1)
  if (request === undefined) throw new Error('nothing was sent')
  const headers = textHeaders(request)
  const secret = made.secret ?? webhook.signing_secret ?? ''
  return { secret, headers, body: request.body, now: Number(headers['webhook-timestamp']) }
}

function verdict({ fence, command, args }: Language, given: Sent): string {
  const cwd = folders.get(fence)
  // A compiler wants a home for its cache.
  const env = {
    ...process.env,
    GOCACHE: join(tmpdir(), 'dnsradar-go-cache'),
    GOFLAGS: '-mod=mod',
    GOTOOLCHAIN: 'local',
  }
  return execFileSync(command, args, { cwd, env, input: JSON.stringify(given) })
    .toString()
    .trim()
}

test('there is a sample for each of the five languages', () => {
  expect(LANGUAGES.map(({ fence }) => sampleIn(fence).length > 0)).toEqual([true, true, true, true, true])
})

test.for(installed)('the sample in $fence takes what was sent', (language) => {
  expect(verdict(language, sent)).toBe('true')
})

test.for(installed)('the sample in $fence takes a secret that is plain text', async (language) => {
  expect(verdict(language, await sentWith({ secret: 'a secret of yours' }))).toBe('true')
})

const forgeries: { why: string; change: (given: Sent) => Sent }[] = [
  { why: 'another body', change: (given) => ({ ...given, body: `${given.body} ` }) },
  { why: 'another secret', change: (given) => ({ ...given, secret: `whsec_${btoa('another secret, long enough')}` }) },
  { why: 'six minutes later', change: (given) => ({ ...given, now: given.now + 360 }) },
  { why: 'no signature', change: (given) => ({ ...given, headers: { ...given.headers, 'webhook-signature': '' } }) },
  { why: 'no id', change: (given) => ({ ...given, headers: { ...given.headers, 'webhook-id': '' } }) },
]

test.for(installed)('the sample in $fence refuses everything else', (language) => {
  expect(forgeries.map(({ why, change }) => [why, verdict(language, change(sent))])).toEqual(
    forgeries.map(({ why }) => [why, 'false']),
  )
})
