/** A key and a certificate of the loopback address, made for one measurement by the `openssl` command. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Paths of PEM files; `remove` deletes them. */
export interface CertificateFiles {
  readonly key: string;
  readonly certificate: string;
  remove(): void;
}

/** Null when this machine has no `openssl`. */
export function makeCertificate(): CertificateFiles | null {
  const folder = mkdtempSync(join(tmpdir(), "copytrader-bench-tls-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const request = ["req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=loopback"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const names = ["-addext", "subjectAltName=IP:127.0.0.1"];
  try {
    execFileSync("openssl", [...request, ...curve, ...names, "-keyout", key, "-out", certificate], {
      stdio: "ignore",
    });
  } catch (error) {
    remove();
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  return { key, certificate, remove };
}
