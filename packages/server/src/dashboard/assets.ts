/**
 * Styles, scripts and the icon: files as they lie in `assets/`, under an address that holds their hash.
 *
 * So browsers keep them for ever and still never use an old one. Scripts may import each other: the hash is one for all.
 */
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { RequestHandler } from 'express'

const FOLDER = new URL('assets/', import.meta.url)
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface Assets {
  /** `/app/assets/…/dashboard.css`. Throws for a file that there is not. */
  readonly address: (name: string) => string
  /** For `/assets/:version/:name`. */
  readonly serve: RequestHandler
}

/** Reads the folder once. */
export function readAssets(): Assets {
  const names = readdirSync(FOLDER).filter((name) => extname(name) in TYPES)
  const files = new Map(names.toSorted().map((name) => [name, readFileSync(new URL(name, FOLDER))]))
  const version = hash('sha256', Buffer.concat([...files.values()]), 'base64url').slice(0, 16)
  return {
    address(name) {
      if (!files.has(name)) throw new Error(`there is no asset ${name}`)
      return `/app/assets/${version}/${name}`
    },
    serve(req, res, next) {
      const { name = '', version: asked } = req.params as { name?: string; version?: string }
      const file = files.get(name)
      if (file === undefined) return next()
      // While processes are being replaced, one may be asked for the files of another.
      res.setHeader('Cache-Control', asked === version ? 'public, max-age=31536000, immutable' : 'no-cache')
      res.type(TYPES[extname(name)] ?? '').send(file)
    },
  }
}
