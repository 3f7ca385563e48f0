type Lock = { packages: Record<string, { version?: string; integrity?: string; optional?: boolean }> };
export declare function firstDifference(
  wanted: Lock,
  installed: Lock | undefined,
  isThere: (folder: string) => boolean,
): string | undefined;
export declare function isAtLeast(version: string, minimum: [number, number]): boolean;
export declare function proxySettings(env: NodeJS.ProcessEnv): Record<string, string>;
