/** A server answered, with an error: https://docs.nats.io/reference/reference-protocols/nats_api_reference#error-handling */
export class ApiError extends Error {
  /** HTTP-like: 400, 404, 503 … */
  readonly code: number;
  /** JetStream's own number, such as 10059 for "stream not found"; 0 where there is none. */
  readonly errorCode: number;

  constructor(message: string, code: number, errorCode = 0) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.errorCode = errorCode;
  }
}

/** No server answered in time. The message says who was asked, for how long, and what was seen. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** JetStream's error numbers that this project acts on: nats-server's server/errors.json. */
export const jetStreamErrors = {
  clusterNoPeers: 10005,
  clusterNotAvailable: 10008,
  clusterNotLeader: 10009,
  consumerAlreadyExists: 10148,
  consumerNotFound: 10014,
  consumerOffline: 10119,
  consumerOfflineReason: 10195,
  maximumConsumers: 10026,
  jetStreamNotEnabled: 10076,
  jetStreamNotEnabledForAccount: 10039,
  noMessageFound: 10037,
  streamCreate: 10049,
  streamNameInUse: 10058,
  streamNotFound: 10059,
  streamOffline: 10118,
  streamOfflineReason: 10194,
  streamReconfigureInProgress: 10226,
  streamSubjectOverlap: 10065,
} as const;
