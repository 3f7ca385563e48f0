import { defineConfig } from "vitest/config";

const minute = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/component/**/*.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real servers on loopback, no engine.
        test: {
          name: "servers",
          include: ["test/servers/**/*.test.ts"],
          exclude: ["test/servers/consumer-place-copies.test.ts"],
          testTimeout: minute,
          hookTimeout: minute,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The plugins that are built here have tests of their own, in Go.
        test: {
          name: "go",
          include: ["test/go/**/*.test.ts"],
          // Compiling the vendor's bridge takes minutes, the first time.
          testTimeout: 20 * minute,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Real Pulumi on the real Docker engine, one stack at a time.
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          exclude: ["test/engine/{versions,left-out,rolling,adoption-today}.test.ts"],
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // The prod stack on three test hosts.
        test: {
          name: "rehearsal",
          include: ["test/rehearsal/{rehearsal,wireguard}.test.ts"],
          testTimeout: 5 * minute,
          hookTimeout: 10 * minute,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        // `npm run rehearse -- --all`; too long for every run.
        test: {
          name: "matrix",
          include: ["test/rehearsal/matrix.test.ts"],
          testTimeout: 10 * minute,
          hookTimeout: 10 * minute,
          sequence: { groupOrder: 5 },
        },
      },
      {
        // `npm run test:long`; too long for every run.
        test: {
          name: "long",
          include: [
            "test/rehearsal/{lab,hosts,commands}.test.ts",
            "test/servers/consumer-place-copies.test.ts",
            "test/engine/{versions,left-out,rolling,adoption-today}.test.ts",
          ],
          testTimeout: 10 * minute,
          hookTimeout: 10 * minute,
          fileParallelism: false,
          sequence: { groupOrder: 6 },
        },
      },
    ],
  },
});
