/**
 * Random numbers for query ids and letter case, drawn from a pool of secure random octets: one call to the system
 * per some thousand queries instead of one each.
 */
export interface Entropy {
  uint16(): number
  uint32(): number
}

const POOL_OCTETS = 8192

export function createEntropy(randomBytes: (length: number) => Uint8Array): Entropy {
  let pool: DataView = new DataView(new ArrayBuffer(0))
  let at = 0
  const take = (octets: number): number => {
    if (at + octets > pool.byteLength) {
      const bytes = randomBytes(POOL_OCTETS)
      pool = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      at = 0
    }
    at += octets
    return at - octets
  }
  return {
    uint16() {
      const offset = take(2)
      return pool.getUint16(offset)
    },
    uint32() {
      const offset = take(4)
      return pool.getUint32(offset)
    },
  }
}
