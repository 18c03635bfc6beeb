import eslint from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['lib/', 'dist/', 'style/', 'src/api.ts', '*.mjs'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      curly: 'error',
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }]
    }
  },
  {
    files: ['src/**'],
    ignores: ['src/chat/**'],
    plugins: { jupyter },
    rules: {
      ...jupyterRules(),
      // All that is loaded at the start is one small script; what is large, the chat, is imported when it is first seen.
      'jupyter/prefer-lazy-imports': 'off'
    }
  },
  {
    // A test fires promises it does not await and checks what arrives.
    files: ['tests/**'],
    rules: { '@typescript-eslint/no-floating-promises': 'off' }
  }
);

/** Every rule for extensions, as an error; those for Galata's tests and for JSON have nothing to look at here. */
function jupyterRules() {
  const names = Object.keys(jupyter.rules).filter(name => !/galata|snapshots|schema/.test(name));
  return Object.fromEntries(names.map(name => [`jupyter/${name}`, 'error']));
}
