/** Whatever is put into a page stays text. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributes, type Content, html, markupOf } from './html.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '=', ' ', '/', '`', '\0', 'script', 'x', ';', 'onload') }),
)

/** As an HTML parser reads character references that we write. */
function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? '')
}

test('any text between two tags is read back as it was', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const [, shown = ''] = /^<b>(.*)<\/b>$/s.exec(markupOf(html`<b>${text}</b>`)) ?? []
      expect(shown).not.toMatch(/[<>"']/)
      expect(unescape(shown)).toBe(text)
    }),
  )
})

test('any text in an attribute is read back as it was, and ends no attribute', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const made of [html`<i title="${text}">`, html`<i ${attributes({ title: text })}>`]) {
        const [, shown = ''] = /^<i title="([^"]*)">$/s.exec(markupOf(made)) ?? []
        expect(unescape(shown)).toBe(text)
      }
    }),
  )
})

test('any address leads to a page or nowhere, and runs nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.constantFrom('javascript:alert(1)', ' JaVaScRiPt:x', 'data:text/html,x', 'vbscript:x', '\tx:y'),
      ),
      (address) => {
        const [, shown = ''] = /href="([^"]*)"/.exec(markupOf(html`<a href="${address}">`)) ?? []
        expect(shown).toMatch(/^(https?:\/\/|mailto:|data:image\/svg\+xml|[/?#]|$)/i)
      },
    ),
  )
})

test('lists, numbers and nothing are shown as such, and markup once only', () => {
  const items: Content = ['<', 0, null, undefined, false, html`<b>${'&'}</b>`, [['"']]]
  expect(markupOf(html`${items}`)).toBe('&lt;0<b>&amp;</b>&quot;')
})

test('an object from outside is no markup, whatever it is called', () => {
  const parsed = JSON.parse('{"markup":"<script>","__proto__":{"x":1}}') as Content
  expect(() => html`${parsed}`).toThrow('only text, numbers and markup can be shown')
})

const misplaced: readonly { why: string; make: () => unknown }[] = [
  { why: 'an attribute value without quotes', make: () => html`<a href=${'x'}>` },
  { why: 'the name of a tag', make: () => html`<${'b'}>` },
  { why: 'the name of an attribute', make: () => html`<a ${'x'}="1">` },
  { why: 'a handler of events', make: () => html`<a onclick="${'x'}">` },
  { why: 'a style', make: () => html`<a style="${'x'}">` },
  { why: 'a script', make: () => html`<script>${'x'}</script>` },
  { why: 'a style sheet', make: () => html`<style>${'x'}</style>` },
  { why: 'markup in an attribute', make: () => html`<a title="${html`<b>`}">` },
  { why: 'a handler among attributes', make: () => attributes({ onclick: 'x' }) },
  { why: 'an attribute whose name is markup', make: () => attributes({ 'x><b': 'x' }) },
]

test.for(misplaced)('nothing can be put into $why', ({ make }) => {
  expect(make).toThrow(Error)
})
