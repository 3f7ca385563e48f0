/** Who is timed, as results name them. */
export const ours = "unityplan-nats";
export const terraform = "Terraform";
export const compose = "Compose";
