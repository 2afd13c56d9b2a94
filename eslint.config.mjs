import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const sizes = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60, skipComments: true }],
}

const rules = {
  ...sizes,
  eqeqeq: 'error',
  'no-console': 'error',
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
  ],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  // Numbers in messages need no String() around them.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  // Checks stay at the border to JavaScript, where types don't hold.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // `async` says that a method gives a promise, whether it awaits or hands one on.
  '@typescript-eslint/require-await': 'off',
}

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'dist.partial/',
      'build/',
      'prebuilt/',
      'docs/api/',
      'coverage/',
      'runs/',
      'images/',
      '.cache/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules,
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['AbortController', 'console', 'process', 'setTimeout', 'URL'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
    rules: sizes,
  },
  {
    // Merges the class with the interface that makes its instances callable.
    files: ['lib/layers/layer.ts', 'lib/losses/loss.ts'],
    rules: { '@typescript-eslint/no-unsafe-declaration-merging': 'off' },
  },
  {
    // Programs and tests talk to a person; of the library only `summary` and the command do.
    files: ['examples/**', 'scripts/**', 'test/**', 'lib/install/**', 'lib/models/summary.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      // Callbacks of `describe` hold any number of tests.
      'max-lines-per-function': 'off',
      // What is not there fails the test by itself.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // jest's matchers, such as expect.stringContaining, are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
)
