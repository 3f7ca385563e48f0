const pulumi = require("@pulumi/pulumi");

/**
 * Changes one file on its way from the program to the engine, as a fault in a renderer would, and the digest of the
 * server's files with it. Runs inside the Pulumi program.
 * @param {{ loader: string, node: string, file: string, content: string }} broken the first two are the names of the
 * pod's resources
 */
module.exports = function breakFile(broken) {
  pulumi.runtime.registerStackTransformation(({ name, props, opts }) => {
    if (name === broken.loader) {
      const uploads = props.uploads.map((upload) =>
        upload.file === broken.file ? { ...upload, content: pulumi.secret(broken.content) } : upload,
      );
      return { props: { ...props, uploads }, opts };
    }
    if (name === broken.node) {
      return { props: { ...props, filesDigest: pulumi.interpolate`${props.filesDigest} broken` }, opts };
    }
    return undefined;
  });
};
