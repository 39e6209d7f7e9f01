/** An independent DNS codec: what the product's own one is compared with. */
export { decode, encode } from 'dns-packet'
