// The real browser: Debian's Chromium, driven by its command line.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const isThere = () => spawnSync('chromium', ['--version']).status === 0

/** Installs Debian's `chromium` unless a browser of that name is there. Needs to be root for it. */
export function installChromium() {
  if (isThere()) return
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env: environment })
  execFileSync('apt-get', ['install', '-qq', '--no-install-recommends', 'chromium'], {
    stdio: 'inherit',
    env: environment,
  })
}

/**
 * Opens a page in a browser without a window, with a profile of its own.
 * @param {string} url
 * @returns {Promise<string>} the document, once its scripts have come to rest.
 */
export async function documentOf(url) {
  const profile = mkdtempSync(join(tmpdir(), 'ridgeline-chromium-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
  const more = [`--user-data-dir=${profile}`, '--virtual-time-budget=20000', '--dump-dom', url]
  try {
    const { stdout } = await promisify(execFile)('chromium', [...flags, ...more], {
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
