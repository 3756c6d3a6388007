// What is asked of the server: lines for a shell, of which each is also a request that this program sends.

/** A request as a shell sends it, and as `fetch` does. */
export interface Asked {
  readonly what: string
  readonly path: string
  readonly type: string
  readonly body: string
}

const json = 'application/json'

/** Requests in the protocols that clients know. */
export const requests: readonly Asked[] = [
  {
    what: "a ride, by MLflow's protocol",
    path: '/invocations',
    type: json,
    body: '{"dataframe_records":[{"city":"FR","distanceKm":8.5,"hour":10}]}',
  },
  {
    what: 'two rides in columns, one from a city that the model has not seen',
    path: '/invocations',
    type: json,
    body: '{"inputs":{"city":["US","JP"],"distanceKm":[12,3.5],"hour":[18,23]}}',
  },
  {
    what: 'the same ride by the Open Inference Protocol',
    path: '/v2/models/rides/infer',
    type: json,
    body: '{"id":"1","inputs":[{"name":"city","shape":[1],"datatype":"BYTES","data":["FR"]},{"name":"distanceKm","shape":[1],"datatype":"FP64","data":[8.5]},{"name":"hour","shape":[1],"datatype":"INT32","data":[10]}]}',
  },
  {
    what: 'a ride that cannot be scored',
    path: '/invocations',
    type: json,
    body: '{"dataframe_records":[{"city":"FR","distanceKm":"far"}]}',
  },
]

/** The line that sends a request from a shell. */
export const curlLine = (address: string, { path, type, body }: Asked): string =>
  `curl -s ${address}${path} -H 'content-type: ${type}' -d '${body}'`

/** Sends it, and gives the text of the answer. */
export async function send(address: string, { path, type, body }: Asked): Promise<string> {
  const answer = await fetch(address + path, { method: 'POST', headers: { 'content-type': type }, body })
  return answer.text()
}
