import { installNewestSpark, installPeers } from '../../scripts/peers.mjs'
import { buildMinio } from './s3-servers.js'

/** Installs what the tests compare with, before the first of them runs; what takes long is built beside the first tests. */
export default function setup(): () => void {
  const build = buildMinio()
  installPeers()
  installNewestSpark()
  return () => {
    // A run of other tests may end before the build does.
    if (build?.pid !== undefined && build.exitCode === null) process.kill(-build.pid)
  }
}
