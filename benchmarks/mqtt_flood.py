"""Publishes foreign messages at a pace until it is ended: `mqtt_flood PORT TOPIC RATE`."""

import json
import sys
import time

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

# An uplink as it comes: the envelope of a network server is mostly of no interest.
RECEIVED = [{"gateway_ids": {"gateway_id": "roof"}, "rssi": -97, "snr": 7.2}] * 3
UPLINK = {"f_port": 1, "decoded_payload": {"occupied": True}, "rx_metadata": RECEIVED}
DEVICES = 1000
STEP_S = 0.01


def main() -> None:
    """Publish; a line tells that it has begun."""
    port, topic, rate = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    payload = json.dumps({"uplink_message": UPLINK})
    topics = [topic.format(number) for number in range(DEVICES)]
    began, sent = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - began) * rate)
        for number in range(sent, due):
            client.publish(topics[number % DEVICES], payload)
        if not sent and due:
            print("begun", flush=True)
        sent = due
        time.sleep(STEP_S)


if __name__ == "__main__":
    main()
