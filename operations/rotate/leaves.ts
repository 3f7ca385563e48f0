import { natsTypes } from "../../model/resource-types.ts";
import { parseUrn } from "../../model/urn.ts";
import { leafNames, resourceNames } from "../../plan/resource-names.ts";
import { yesFlag } from "../cli/arguments.ts";
import { Failure, runCommand } from "../cli/command.ts";
import { approvalFlags } from "../stack/approval.ts";
import { Stack } from "../stack/stack.ts";
import { certificateTable } from "./table.ts";

const usage = {
  command: "rotate -- leaves",
  help:
    "Gives every server a new certificate with a new key. The servers load it without a restart, and no client is " +
    "disconnected. Every `up` also renews the certificates that are due.",
  flags: [
    { name: "pod", argument: "POD", help: "only this pod's certificate" },
    { name: "client", argument: "NAME", help: "only this application's client certificate" },
    yesFlag,
  ],
};

/** `npm run rotate -- leaves`. */
export async function rotateLeaves(argv: readonly string[]): Promise<void> {
  await runCommand(
    usage,
    async ({ stack: name, given, values }) => {
      const stack = await Stack.open(name, { engine: true });
      const wanted = renewalsFor(stack, values);
      const resources = await stack.resources();
      const urns = wanted.map((renewal) => {
        const found = resources.find(
          ({ type, urn }) => type === natsTypes.renewal && parseUrn(urn).name === renewal,
        );
        if (found === undefined)
          throw new Failure(`${name} has no ${renewal} yet: run \`npm run up -- ${name}\` first`);
        return found.urn;
      });
      const replacing = urns.flatMap((urn) => ["--replace", urn]);
      const code = await stack.run("up", [
        ...replacing,
        ...approvalFlags("rotate -- leaves", name, given.has("yes")),
      ]);
      if (code === 0) process.stdout.write(`\n${certificateTable(await stack.outputs(), new Date())}\n`);
      return code;
    },
    argv,
  );
}

/** @throws Failure naming what can't be renewed here */
function renewalsFor({ topology }: Stack, values: ReadonlyMap<string, string>): string[] {
  const [pod, client] = [values.get("pod"), values.get("client")];
  const podIds = topology.pods.map(({ id }) => id);
  const { clientCertificates, givenLeaves } = topology.tls;
  if (pod !== undefined && !podIds.includes(pod))
    throw new Failure(`"${pod}" is not a pod; the pods are ${podIds.join(", ")}`);
  if (client !== undefined && !clientCertificates.includes(client)) {
    const known =
      clientCertificates.length === 0
        ? "no application has one"
        : `these have one: ${clientCertificates.join(", ")}`;
    throw new Failure(`"${client}" has no client certificate; ${known} (tls.clientCertificates)`);
  }
  const pods = pod === undefined ? (client === undefined ? podIds : []) : [pod];
  const made = pods.filter((id) => !(id in givenLeaves));
  const given = pods.filter((id) => id in givenLeaves);
  const elsewhere =
    `The certificates of ${given.join(", ")} were signed elsewhere: put the new ones into tls.leaves and run ` +
    "`npm run up`.";
  if (given.length > 0 && made.length === 0) throw new Failure(elsewhere);
  if (given.length > 0) process.stdout.write(`${elsewhere} The other certificates are rotated now.\n`);
  return [
    ...made.map((id) => resourceNames.leafRenewal.of(leafNames.pod.of(id))),
    ...(client === undefined ? [] : [resourceNames.leafRenewal.of(leafNames.client.of(client))]),
  ];
}
