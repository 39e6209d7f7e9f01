/**
 * An oxlint rule that the built-in ones cannot say: `new Date()` and `Date()` read the clock, `new Date(ms)` does not.
 */
const noCurrentTime = {
  create(context) {
    const refuse = (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        context.report({ node, message: 'This folder is pure: the time arrives as an argument.' })
    }
    return { NewExpression: refuse, CallExpression: refuse }
  },
}

export default { meta: { name: 'pure' }, rules: { 'no-current-time': noCurrentTime } }
