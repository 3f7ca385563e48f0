import type { SshHost } from "../model/ssh.ts";
import type { PeerPlan } from "./vpn-plan.ts";

/** A host that is reached by SSH, as plain data. */
export interface RemotePlan {
  readonly ssh: SshHost;
  /** Lets in SSH, WireGuard and what the host asked for itself, and nothing else. */
  readonly firewall: boolean;
  /** `pull`: the host's engine fetches the image. `carry`: it is copied from this machine's engine. */
  readonly image: "pull" | "carry";
  readonly peer: PeerPlan | undefined;
}
