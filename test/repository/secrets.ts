/** What secrets look like. A kind that can be guessed wrong has to look random as well. */

interface SecretKind {
  readonly name: string
  readonly pattern: RegExp
  /** Bits a character below which it is a word, or a placeholder; 0 when the pattern says enough. */
  readonly entropy: number
  /** An example in pieces, so that no scan takes it for a secret. */
  readonly example: readonly string[]
}

const RANDOM = 'q7Zk2VwX9tLm4RbN8sYc1HdJ5fGp3TaU6eKi0oWx'
const DIGITS = '8302749165307'

/** **The table** of kinds. */
export const SECRET_KINDS: readonly SecretKind[] = [
  {
    name: 'private key',
    pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g,
    entropy: 0,
    example: ['-----BEGIN RSA ', 'PRIVATE KEY-----'],
  },
  { name: 'key of AWS', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, entropy: 3, example: ['AKIA', 'QZ7K2VWX9TLM4RBN'] },
  {
    name: 'token of GitHub',
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/g,
    entropy: 0,
    example: ['ghp_', RANDOM.slice(0, 36)],
  },
  {
    name: 'token of Slack',
    pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
    entropy: 0,
    example: ['xoxb-', DIGITS, '-', RANDOM],
  },
  {
    name: 'webhook of Slack',
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{20,}/g,
    entropy: 3.5,
    example: ['hooks.slack.com/services/', 'T7Q2K9ZWX/B4RBN8SYC/', RANDOM.slice(0, 24)],
  },
  {
    name: 'key of Stripe',
    pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,}/g,
    entropy: 0,
    example: ['sk_live_', RANDOM.slice(0, 24)],
  },
  { name: 'token of npm', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g, entropy: 0, example: ['npm_', RANDOM.slice(0, 36)] },
  {
    name: 'key of Google',
    pattern: /\bAIza[0-9A-Za-z_-]{35}/g,
    entropy: 0,
    example: ['AIza', RANDOM.slice(0, 35)],
  },
  {
    name: 'JSON web token',
    pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
    entropy: 0,
    example: ['eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0.', RANDOM],
  },
  { name: 'API key of ours', pattern: /\bsk_[0-9A-Za-z]{40}\b/g, entropy: 4, example: ['sk_', RANDOM] },
  {
    name: 'webhook secret',
    pattern: /\bwhsec_[A-Za-z0-9+/_-]{24,}={0,2}/g,
    entropy: 4,
    example: ['whsec_', RANDOM],
  },
  {
    name: 'key ring',
    pattern: /\bk[0-9a-f]{8}:[A-Za-z0-9+/]{43}=/g,
    entropy: 4,
    example: ['k0a1b2c3d:', RANDOM, 'abc='],
  },
  {
    name: 'password of a database',
    pattern: /\b(?:postgres(?:ql)?|mysql|redis|amqp|mongodb(?:\+srv)?):\/\/[^\s:@/'"`]+:[^\s@/'"`{}$]+@[\w.-]+/gi,
    entropy: 0,
    example: ['postgres://', 'radar:Tr0ub4dor@db.internal'],
  },
]

interface Found {
  readonly kind: string
  /** The first letters: a report of secrets is no place for them. */
  readonly start: string
}

export function secretsIn(text: string): readonly Found[] {
  return SECRET_KINDS.flatMap(({ name, pattern, entropy }) =>
    [...text.matchAll(pattern)]
      .filter(([secret]) => bitsPerCharacter(secret) >= entropy)
      .map(([secret]) => ({ kind: name, start: secret.slice(0, 24) })),
  )
}

/** Shannon's entropy of the letters as they are counted. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0)
}
