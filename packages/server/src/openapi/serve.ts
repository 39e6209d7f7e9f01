/**
 * The reference, for programs and for people: `/openapi.json`, `/llms.txt` and `/docs`.
 *
 * The page is Swagger UI from the installed package, so it works without a network. Only the files that it needs are
 * served, and its policy lets no script run but those files.
 */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Express, RequestHandler } from 'express'
import { entityTag, isKnown } from '../http/entity-tag.ts'
import { wrongMethod } from '../http/errors.ts'
import type { Route } from '../http/route.ts'
import { openApiDocument } from './document.ts'
import { readExamples } from './examples.ts'
import { llmsText } from './llms.ts'

/** `secure`: the public address is https. */
export function registerReference(app: Express, routes: readonly Route[], secure: boolean): void {
  const page = [allowPage(secure), answer('text/html', () => PAGE)]
  const handlers: Readonly<Record<string, readonly RequestHandler[]>> = {
    '/openapi.json': [answer('application/json', () => JSON.stringify(openApiDocument(routes, readExamples())))],
    '/llms.txt': [answer('text/plain', () => llmsText(routes))],
    '/docs': page,
    '/docs/initializer.js': [answer('text/javascript', () => INITIALIZER)],
    ...Object.fromEntries(
      FILES.map((name) => [`/docs/${name}`, [answer(extname(name), () => readFileSync(new URL(name, PACKAGE)))]]),
    ),
  }
  for (const [path, chain] of Object.entries(handlers)) {
    app
      .route(path)
      .get(...chain)
      .all(wrongMethod(['GET', 'HEAD']))
  }
}

/** Of the package; read when they are first asked for. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const

const PACKAGE = new URL('.', import.meta.resolve('swagger-ui-dist/package.json'))

const PAGE = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>DNSRadar API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <noscript>This page needs JavaScript; <a href="/openapi.json">openapi.json</a> and <a href="/llms.txt">llms.txt</a> do not.</noscript>
    <main id="reference"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/initializer.js"></script>
  </body>
</html>
`

/** Without `validatorUrl: null` the page would send the document's address to a service on the internet. */
const INITIALIZER = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
})
`

/** Swagger UI brings small images inside its style sheet and sets styles on elements of its own. */
function allowPage(secure: boolean): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
  return (_req, res, next) => {
    res.setHeader('Content-Security-Policy', policy)
    next()
  }
}

/** The same for everybody until the next version: kept by who likes, asked for again each time. */
export function answer(type: string, make: () => string | Buffer): RequestHandler {
  let made: { readonly content: string | Buffer; readonly tag: string } | undefined
  const once = () => (made ??= tagged(make()))
  return (req, res) => {
    const { content, tag } = once()
    res.setHeader('Cache-Control', 'public, no-cache')
    res.setHeader('ETag', tag)
    if (isKnown(tag, req.get('If-None-Match'))) res.status(304).end()
    else res.type(type).send(content)
  }
}

function tagged(content: string | Buffer) {
  return { content, tag: entityTag(content) }
}
