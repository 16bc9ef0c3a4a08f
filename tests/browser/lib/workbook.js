// Reads the first sheet of an xlsx as text: just enough to count what was exported, with nothing to install.
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** The parts of a zip by name, found by its central directory. */
function parts(bytes) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const found = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + size);
    found.set(bytes.toString("utf8", at + 46, at + 46 + name), method === 0 ? packed : inflateRawSync(packed));
    at += 46 + name + extra + comment;
  }
  return found;
}

const plain = (text) =>
  text.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

/** The rows of the first sheet, each a list of the texts of its cells. */
export function sheetRows(path) {
  const files = parts(readFileSync(path));
  const strings = [...(files.get("xl/sharedStrings.xml")?.toString() ?? "").matchAll(/<si>(.*?)<\/si>/gs)].map(([, si]) => plain(si));
  const sheet = files.get("xl/worksheets/sheet1.xml").toString();
  return [...sheet.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row]) =>
    [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, attributes, inside = ""]) => {
      const text = plain(inside.match(/<v>(.*?)<\/v>|<is>(.*?)<\/is>/s)?.[0] ?? "");
      return attributes.includes('t="s"') ? strings[Number(text)] : text;
    }),
  );
}
