import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cluster, installKubernetes, startKubernetes } from './kubernetes.js'

const folder = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url))
const manifests = readdirSync(folder).filter((name) => name !== 'kustomization.yaml')
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

let cluster: Cluster
beforeAll(async () => {
  installKubernetes()
  cluster = await startKubernetes()
  for (const level of ['privileged', 'restricted']) {
    expect(cluster.kubectl(['create', 'namespace', level]).status).toBe(0)
    const label = `pod-security.kubernetes.io/enforce=${level}`
    expect(cluster.kubectl(['label', 'namespace', level, label]).status).toBe(0)
  }
}, 1_800_000)
afterAll(() => cluster?.stop())

const dryRun = ['apply', '--dry-run=server', '--validate=strict', '--namespace', 'restricted', '-f', '-']

describe('manifests, with a real API server', () => {
  it.each(manifests)('%s is accepted', (name) => {
    expect(cluster.kubectl(dryRun, text(name))).toMatchObject({ status: 0, err: '' })
  })

  it.each([
    [
      'deployment.yaml',
      'containerPort:',
      'containerPortt:',
      'unknown field "spec.template.spec.containers[0].ports[0].containerPortt"',
    ],
    [
      'deployment.yaml',
      'readinessProbe:',
      'readynessProbe:',
      'unknown field "spec.template.spec.containers[0].readynessProbe"',
    ],
    ['deployment.yaml', 'memory: 512Mi', 'memory: 512Mio', 'quantities must match'],
    ['deployment.yaml', 'memory: 512Mi', 'memory: 128Mi', 'must be less than or equal to memory limit'],
    ['service.yaml', 'targetPort:', 'targetport:', 'unknown field "spec.ports[0].targetport"'],
    ['autoscaler.yaml', 'averageUtilization: 200', 'averageUtilization: "200"', 'cannot unmarshal string'],
    ['autoscaler.yaml', 'minReplicas: 2', 'minReplicas: 20', 'must be greater than or equal to `minReplicas`'],
    ['disruption-budget.yaml', 'maxUnavailable:', 'maxUnavailble:', 'unknown field "spec.maxUnavailble"'],
    ['network-policy.yaml', 'policyTypes:', 'policytypes:', 'unknown field "spec.policytypes"'],
  ])('%s with %s as %s is refused', (name, right, wrong, message) => {
    expect(text(name)).toContain(right)
    const { status, err } = cluster.kubectl(dryRun, text(name).replace(right, wrong))
    expect(err).toContain(message)
    expect(status).toBe(1)
  })

  it('are applied together, and belong together', () => {
    const applied = cluster.kubectl(['apply', '--validate=strict', '--namespace', 'restricted', '-k', folder])
    // A namespace that enforces the standard warns of pods that it would refuse.
    expect(applied).toMatchObject({ status: 0, err: '' })
    const get = (kind: string) => cluster.json(['get', kind, 'ridgeline', '--namespace', 'restricted'])
    const deployment = get('deployment')
    const { labels } = deployment.spec.template.metadata
    expect(deployment.spec.template.spec.containers[0].image).toBe('registry.example/ridgeline-model:1')
    expect(labels).toMatchObject(deployment.spec.selector.matchLabels)
    expect(labels).toMatchObject(get('service').spec.selector)
    expect(labels).toMatchObject(get('poddisruptionbudget').spec.selector.matchLabels)
    expect(labels).toMatchObject(get('networkpolicy').spec.podSelector.matchLabels)
    expect(get('horizontalpodautoscaler').spec.scaleTargetRef.name).toBe(deployment.metadata.name)
    const [port] = deployment.spec.template.spec.containers[0].ports
    expect(get('service').spec.ports[0].targetPort).toBe(port.name)
    expect(get('networkpolicy').spec.ingress[0].ports[0].port).toBe(port.name)
  })

  it('make pods that the strictest standard of Kubernetes admits', () => {
    const { template } = cluster.json(['get', 'deployment', 'ridgeline', '--namespace', 'restricted']).spec
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { ...template.metadata, name: 'one' } }
    expect(cluster.kubectl(dryRun, JSON.stringify(pod))).toMatchObject({ status: 0, err: '' })
    pod.spec.containers[0].securityContext.allowPrivilegeEscalation = true
    expect(cluster.kubectl(dryRun, JSON.stringify(pod)).err).toContain('violates PodSecurity "restricted')
  })
})
