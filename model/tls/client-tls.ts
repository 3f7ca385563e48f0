/** TLS on the client port: none, for the server's certificate alone, or with a certificate of the client too. */
export type ClientTls = "off" | "on" | "required";
