// ONNX Runtime of Node, and the Python packages that write models of scikit-learn for it, in folders of their own.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pythonWith } from './peers.mjs'

const home = fileURLToPath(new URL('../.interop/onnxruntime', import.meta.url))
const VERSION = '1.30.0'
const PACKAGES = ['scikit-learn==1.9.1', 'numpy==2.4.6', 'pandas==3.1.1', 'skl2onnx==1.20.0', 'onnx==1.23.2']

/** Where `onnxruntime-node` is imported from. */
export const onnxManifest = join(home, 'package.json')

/** Python of the environment that writes models. */
export const onnxPython = fileURLToPath(new URL('../.interop/onnx/bin/python', import.meta.url))

/** Installs both, unless the same versions are there already. What the package would download for graphics cards is left out. */
export function installOnnx() {
  pythonWith('onnx', PACKAGES)
  const stamp = join(home, 'installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === VERSION) return
  mkdirSync(home, { recursive: true })
  writeFileSync(onnxManifest, JSON.stringify({ private: true, dependencies: { 'onnxruntime-node': VERSION } }))
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: home,
    stdio: 'inherit',
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  })
  writeFileSync(stamp, VERSION)
}
