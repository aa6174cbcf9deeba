"""A small TCP proxy that cuts, slows and silences the connections which go through it. Its event loop has a thread of its own."""
import asyncio
import socket
import struct
import threading

CHUNK = 65_536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER for no time: what is closed is reset
MOST_QUEUED = 64        # chunks on their way, a direction: a reader that is faster waits


class Proxy:
    """Between `port` on the loopback address, which it chooses, and another. Its methods may be called from any thread."""

    def __init__(self, to_port, port=0):
        self.to_port, self.port = to_port, port
        self.delay = 0.0        # seconds that octets are under way, one way
        self.flowing = None     # an event: cleared, octets stand still and connections stay open
        self.writers = set()
        self.loop = asyncio.new_event_loop()
        self.tasks = set()

    def __enter__(self):
        threading.Thread(target=self.loop.run_forever, name="proxy", daemon=True).start()
        self._run(self._listen())
        return self

    def __exit__(self, *_):
        self._run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=60)

    async def _listen(self):
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _end(self):
        self.server.close()
        await self._cut()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    # -- trouble

    def cut(self):
        """Resets all connections; new ones are taken. Returns how many there were."""
        return self._run(self._cut())

    async def _cut(self):
        ends = [writer for writer in self.writers if writer.get_extra_info("socket").fileno() >= 0]  # others have just closed by themselves
        for writer in ends:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        return len(ends) // 2

    def slow(self, seconds):
        """Octets take so long from now on, each way; 0 for as fast as they come."""
        self.delay = seconds

    def silence(self):
        """Nothing comes through until `speak`; what was on its way by then, comes after all."""
        self.loop.call_soon_threadsafe(self.flowing.clear)

    def speak(self):
        self.loop.call_soon_threadsafe(self.flowing.set)

    # -- connections

    async def _connected(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        self.writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.transport.abort()
            self.writers.discard(writer)
            return
        self.writers.add(far_writer)
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        except asyncio.CancelledError:
            pass  # the proxy ends: asyncio would complain of it
        finally:
            for each in (writer, far_writer):
                each.close()
                self.writers.discard(each)

    async def _pass(self, reader, writer):
        """One direction: what is read goes into a short queue with the moment when it is due, and out of it then."""
        queue = asyncio.Queue(MOST_QUEUED)
        await asyncio.gather(self._read(reader, queue), self._write(queue, writer))

    async def _read(self, reader, queue):
        try:
            while data := await reader.read(CHUNK):
                await queue.put((self.loop.time() + self.delay, data))
        except OSError:
            pass
        await queue.put((self.loop.time() + self.delay, b""))

    async def _write(self, queue, writer):
        broken = False
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - self.loop.time()))
            await self.flowing.wait()
            try:
                if not data:
                    writer.close()  # the end of one direction ends both: SMPP knows no half-open connection
                    return
                if not broken:
                    writer.write(data)
                    await writer.drain()
            except OSError:
                broken = True       # the rest is read and dropped, until the reader ends
