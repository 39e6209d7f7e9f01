import { expect, test } from 'vitest'
import { settingsHelp } from './settings-help.ts'

test('--help prints every setting, and its default where it has one (write it anew with vitest --update)', async () => {
  await expect(settingsHelp()).toMatchFileSnapshot('settings.txt')
})
