/**
 * Inputs that the program leaves unset, and that an engine fills by its own settings (its `daemon.json`). The Docker
 * plugin reads them back. Each difference would replace the resource.
 *
 * A network or a volume is known by its name, and no engine changes one. A replacement would lose what depends on it.
 */
export const chosenByEngine = {
  container: ["cgroupnsMode", "ulimits"],
  network: [
    "attachable",
    "driver",
    "ingress",
    "internal",
    "ipamConfigs",
    "ipamDriver",
    "ipamOptions",
    "ipv6",
    "labels",
    "options",
  ],
  volume: ["driver", "driverOpts", "labels"],
};
