import { installNewestSpark, installPeers } from '../../scripts/peers.mjs'

/** Installs what the tests compare with, before the first of them runs. */
export default function setup(): void {
  installPeers()
  installNewestSpark()
}
