// Plain JavaScript: run.mjs needs it on a Node that cannot strip types yet.

/**
 * What keeps node_modules from being what package-lock.json says: the first difference found, or undefined.
 * npm writes node_modules/.package-lock.json last, so its absence also tells of an unfinished install.
 * @param {{ packages: Record<string, any> }} wanted package-lock.json
 * @param {{ packages: Record<string, any> } | undefined} installed node_modules/.package-lock.json
 * @param {(folder: string) => boolean} isThere whether a package's folder exists
 * @returns {string | undefined}
 */
export function firstDifference(wanted, installed, isThere) {
  if (!installed) return "node_modules is missing or unfinished";
  for (const [folder, entry] of Object.entries(wanted.packages)) {
    if (folder === "") continue;
    const found = installed.packages[folder];
    if (!found) {
      // npm leaves out optional packages that are for another platform.
      if (entry.optional || entry.devOptional) continue;
      return `${folder} is missing`;
    }
    if (found.version !== entry.version) return `${folder} is ${found.version}, not ${entry.version}`;
    if (entry.integrity && found.integrity !== entry.integrity) return `${folder} has other content`;
    if (!isThere(folder)) return `${folder} is missing`;
  }
  return undefined;
}

/**
 * Whether a Node version such as "v20.20.2" is at least `minimum` ([major, minor]).
 * @param {string} version @param {[number, number]} minimum
 */
export function isAtLeast(version, [major, minor]) {
  const [foundMajor = 0, foundMinor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

/**
 * Makes Node's fetch() use the user's proxy, but not for this machine itself: Node, unlike most, does not exempt
 * loopback. https://nodejs.org/api/cli.html#node_use_env_proxy1
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function proxySettings(env) {
  const names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
  if (!names.some((name) => env[name])) return {};
  const exempt = [env.no_proxy ?? env.NO_PROXY, "localhost", "127.0.0.1", "::1"].filter(Boolean).join(",");
  return { NODE_USE_ENV_PROXY: "1", no_proxy: exempt, NO_PROXY: exempt };
}
