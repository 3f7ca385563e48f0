/**
 * The image for servers that are adopted: the version that runs, so that adoption is not an upgrade. A tag that names
 * less than all three numbers may mean another version tomorrow.
 * @param version as the server reports it, `2.10.27`
 */
export function imageOfVersion(image: string, version: string): string {
  return /:(\d+\.\d+\.\d+)(-[\w.-]+)?$/.exec(image)?.[1] === version ? image : `nats:${version}`;
}
