/**
 * What a shell needs to complete this command line, made from the commands themselves.
 *
 * Each script holds the whole tree as words, so completing starts no process. A word is a command's name or an option of
 * ours: letters, digits and hyphens, so nothing has to be quoted but the descriptions.
 */
import type { Argument, Command, Option } from 'commander'

export type Shell = 'bash' | 'zsh' | 'fish'

interface Level {
  /** The commands that lead here: `monitors list`; empty at the top. */
  readonly path: string
  readonly words: readonly Word[]
}

interface Word {
  readonly name: string
  readonly says: string
  readonly kind: 'command' | 'option' | 'value'
  /** What may follow an option. */
  readonly values: readonly string[]
}

export function completionOf(shell: Shell, program: Command): string {
  const levels = levelsOf(program, [])
  switch (shell) {
    case 'bash':
      return bash(program.name(), levels)
    case 'zsh':
      return zsh(program.name(), levels)
    case 'fish':
      return fish(program.name(), levels)
  }
}

function levelsOf(command: Command, path: readonly string[]): readonly Level[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  const words: Word[] = [
    ...commands.map((one) => ({ name: one.name(), says: one.description(), kind: 'command' as const, values: [] })),
    ...help.visibleOptions(command).map(optionWord),
    ...command.registeredArguments.flatMap(valueWords),
  ]
  const below = commands.filter((one) => one.name() !== 'help').flatMap((one) => levelsOf(one, [...path, one.name()]))
  return [{ path: path.join(' '), words }, ...below]
}

function optionWord({ long, short, description, argChoices }: Option): Word {
  return { name: long ?? short ?? '', says: description, kind: 'option', values: argChoices ?? [] }
}

function valueWords({ argChoices }: Argument): readonly Word[] {
  return (argChoices ?? []).map((name) => ({ name, says: '', kind: 'value', values: [] }))
}

/** Options whose value is one of a few words, as `path option) words`. */
function choicesOf(levels: readonly Level[]): readonly { path: string; name: string; values: readonly string[] }[] {
  return levels.flatMap(({ path, words }) =>
    words.filter(({ values }) => values.length > 0).map(({ name, values }) => ({ path, name, values })),
  )
}

/** Walks the words before the cursor down the tree; the same in both shells. In zsh, `path` would be the search path. */
function descend(levels: readonly Level[], words: string): string {
  const paths = levels.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`)
  return `  local at= word
  for word in ${words}; do
    case "\${at:+$at }$word" in
      ${paths.join('|')}) at="\${at:+$at }$word" ;;
    esac
  done`
}

function bash(name: string, levels: readonly Level[]): string {
  const cases = levels.map(
    ({ path, words }) => `    '${path}') offers='${words.map((word) => word.name).join(' ')}' ;;`,
  )
  const choices = choicesOf(levels).map(
    ({ path, name: option, values }) => `    '${path} ${option}') offers='${values.join(' ')}' ;;`,
  )
  return `# bash completion of ${name}
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" offers=
${descend(levels, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  case "$at $previous" in
${choices.join('\n')}
  esac
  [[ -n $offers ]] || case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$offers" -- "$current"))
}
complete -o default -F _${name} ${name}`
}

function zsh(name: string, levels: readonly Level[]): string {
  const cases = levels.map(({ path, words }) => {
    const described = words.map((word) => quoted(`${word.name}:${word.says.replaceAll(':', '\\:')}`))
    return `    '${path}') offers=(${described.join(' ')}) ;;`
  })
  const choices = choicesOf(levels).map(
    ({ path, name: option, values }) => `    '${path} ${option}') offers=(${values.join(' ')}) ;;`,
  )
  return `#compdef ${name}
_${name}() {
  local previous="\${words[CURRENT-1]}"
  local -a offers
${descend(levels, '"${(@)words[2,CURRENT-1]}"')}
  case "$at $previous" in
${choices.join('\n')}
  esac
  (( $#offers )) || case "$at" in
${cases.join('\n')}
  esac
  _describe -V 'word' offers || _files
}
compdef _${name} ${name}`
}

function fish(name: string, levels: readonly Level[]): string {
  const lines = levels.flatMap(({ path, words }) => {
    const condition = `-n '__${name}_at "${path}"'`
    return words.map((word) => {
      const says = word.says === '' ? '' : ` -d ${quoted(word.says)}`
      if (word.kind !== 'option') return `complete -c ${name} -f ${condition} -a ${word.name}${says}`
      const flag = word.name.startsWith('--') ? `-l ${word.name.slice(2)}` : `-s ${word.name.slice(1)}`
      const values = word.values.length === 0 ? '' : ` -x -a '${word.values.join(' ')}'`
      return `complete -c ${name} ${condition} ${flag}${says}${values}`
    })
  })
  const paths = levels.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`)
  return `# fish completion of ${name}
function __${name}_at
  set -l path
  for word in (commandline -opc)[2..-1]
    contains -- (string join ' ' $path $word) ${paths.join(' ')}; and set -a path $word
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}`
}

/** Inside single quotes, in shells of all kinds; one line. */
function quoted(text: string): string {
  return `'${text.replaceAll(/\s+/g, ' ').replaceAll("'", '’')}'`
}
