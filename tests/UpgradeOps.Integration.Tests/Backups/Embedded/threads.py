"""A message store on LevelDB whose every message is sealed with a key that stands in a file beside it, as services with a key
management have it. Keys change all the time, so a copy of the two that are not of one moment has messages that nobody can open.

serve <shared folder> <port>     writes messages until SIGTERM; the number of each that is safe is the last line of <shared>/../acknowledged
check <shared folder>            opens every message; prints how many there are, or why not, with exit code 1
"""
import hashlib, hmac, http.server, json, os, signal, sys, threading
import plyvel

command, shared = sys.argv[1], os.path.abspath(sys.argv[2])
keys_file = os.path.join(shared, "kms", "keys.json")
os.makedirs(os.path.dirname(keys_file), exist_ok=True)


def seal(key, number):
    return hmac.new(bytes.fromhex(key), str(number).encode(), hashlib.sha256).hexdigest()


def load_keys():
    try:
        with open(keys_file) as file:
            return json.load(file)
    except FileNotFoundError:
        return []


def save_keys(keys):
    with open(keys_file + ".new", "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(keys_file + ".new", keys_file)


def check(db, keys):
    count = 0
    for name, value in db:
        count += 1
        message = json.loads(value)
        if int(name) != count:
            sys.exit(f"message {count} is missing: {int(name)} comes instead")
        if message["key"] >= len(keys):
            sys.exit(f"message {count} is sealed with key {message['key']}, and there are {len(keys)}")
        if message["seal"] != seal(keys[message["key"]], count):
            sys.exit(f"message {count} does not fit its seal")
    return count


# Small buffers: files come, are merged and go several times a second.
db = plyvel.DB(os.path.join(shared, "db"), create_if_missing=command == "serve", write_buffer_size=1 << 16, max_file_size=1 << 20)
keys = load_keys()
number = check(db, keys)
if command == "check":
    print(number)
    sys.exit(0)

with open(os.path.join(os.path.dirname(shared), "opened"), "w") as file:
    file.write(str(number))


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
page = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Page)
threading.Thread(target=page.serve_forever, daemon=True).start()
with open(os.path.join(os.path.dirname(shared), "acknowledged"), "a", buffering=1) as acknowledged:
    while not ended.is_set():
        if number % 20 == 0:
            keys.append(os.urandom(16).hex())
            save_keys(keys)
        number += 1
        message = {"key": len(keys) - 1, "seal": seal(keys[-1], number), "text": os.urandom(1000).hex()}
        db.put(b"%012d" % number, json.dumps(message).encode(), sync=True)
        acknowledged.write(f"{number}\n")
db.close()
