// A Kafka broker of one node on this machine, from the jars that Apache publishes: for tests, benchmarks and the example. Needs Java 17 or newer, and Maven for the
// first time.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('../.interop/kafka', import.meta.url))
const libs = join(home, 'libs')
const VERSION = '4.3.1'

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>ridgeline</groupId><artifactId>kafka-broker</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version>
</dependency></dependencies></project>
`

/** Fetches the jars of the broker into `.interop/kafka`, unless they are there. @throws Error naming what this machine lacks. */
export function installKafka() {
  const stamp = join(home, 'installed')
  const missing = [
    ['java', ['-version'], 'java (17 or newer)'],
    ...(existsSync(stamp) ? [] : [['mvn', ['-version'], 'mvn (Maven 3)']]),
  ].filter(([command, args]) => spawnSync(/** @type {string} */ (command), /** @type {string[]} */ (args)).status !== 0)
  if (missing.length > 0)
    throw new Error(`a local broker needs what is missing here: ${missing.map(([, , what]) => what).join(', ')}`)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === VERSION) return
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'pom.xml'), POM)
  const goal = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`, '-DincludeScope=runtime']
  execFileSync('mvn', goal, { cwd: home, stdio: ['ignore', 'inherit', 'inherit'] })
  writeFileSync(stamp, VERSION)
}

/** @returns {Promise<number>} a port that nobody uses. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}

/** @param {number} port */
const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (/** @type {boolean} */ open) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })

const JVM = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${libs}/*`]

/**
 * @typedef {object} Broker
 * @property {string} servers where clients connect to
 * @property {string | undefined} secureServers the same over TLS, for users
 * @property {string | undefined} certificate of the broker, as PEM
 * @property {() => Promise<void>} start starts it again after a stop
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop
 */

/**
 * Starts a broker on free ports of the loopback.
 * @param {string} data an empty folder
 * @param {{ password?: string, settings?: Record<string, string> }} [options] with a password there is a port with TLS for the user `rider`, too
 * @returns {Promise<Broker>}
 */
export async function startKafka(data, { password, settings = {} } = {}) {
  installKafka()
  mkdirSync(data, { recursive: true })
  const [port, controller, secure] = [await freePort(), await freePort(), await freePort()]
  const certificate = password === undefined ? undefined : makeCertificate(data)
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controller}`]
  const advertised = [`PLAINTEXT://127.0.0.1:${port}`]
  if (certificate) {
    listeners.push(`SASL_SSL://127.0.0.1:${secure}`)
    advertised.push(`SASL_SSL://localhost:${secure}`)
  }
  const jaas = 'org.apache.kafka.common.security'
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: listeners.join(','),
    'advertised.listeners': advertised.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
    'log.dirs': join(data, 'logs'),
    'num.partitions': '3',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    ...(certificate
      ? {
          'ssl.keystore.location': join(data, 'broker.p12'),
          'ssl.keystore.password': 'changeit',
          'ssl.keystore.type': 'PKCS12',
          'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
          'listener.name.sasl_ssl.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required user_rider="${password}";`,
          'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
          'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
        }
      : {}),
    ...settings,
  }
  const file = join(data, 'broker.properties')
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((name) => [
    '--add-scram',
    `${name}=[name=rider,password=${password}]`,
  ])
  const format = [
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'EREREREiIjMzREREVVVVVQ',
    '-c',
    file,
    ...(certificate ? users : []),
  ]
  execFileSync('java', [...JVM, ...format], { stdio: 'pipe' })

  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  const start = async () => {
    const log = openSync(join(data, 'broker.log'), 'a')
    child = spawn('java', [...JVM, 'kafka.Kafka', file], { stdio: ['ignore', log, log] })
    closeSync(log)
    for (let tries = 0; !((await isOpen(port)) && (!certificate || (await isOpen(secure)))); tries++) {
      if (child.exitCode !== null || tries > 600) {
        throw new Error(`the broker has not started:\n${readFileSync(join(data, 'broker.log'), 'utf8').slice(-2000)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const stop = async (/** @type {NodeJS.Signals} */ signal = 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child.kill(signal)
    await ended
  }
  await start()
  const servers = `127.0.0.1:${port}`
  return { servers, secureServers: certificate ? `localhost:${secure}` : undefined, certificate, start, stop }
}

/** A certificate of `localhost` for the broker. @param {string} data @returns {string} PEM */
function makeCertificate(data) {
  const store = [
    '-alias',
    'broker',
    '-keystore',
    join(data, 'broker.p12'),
    '-storetype',
    'PKCS12',
    '-storepass',
    'changeit',
  ]
  const names = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1']
  execFileSync(
    'keytool',
    ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', '-validity', '30', ...names, ...store],
    { stdio: 'pipe' },
  )
  return execFileSync('keytool', ['-exportcert', '-rfc', ...store], { encoding: 'utf8', stdio: 'pipe' })
}
