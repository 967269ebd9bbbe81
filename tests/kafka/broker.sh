#!/bin/sh
# A real Kafka broker (KRaft, one node) for tests and development.
#   tests/kafka/broker.sh fetch              its programs, once, into build/kafka
#   tests/kafka/broker.sh run FOLDER PORT    runs in the foreground until it is ended; what it takes stays in FOLDER
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
libs=$root/build/kafka

fetch() {
    [ "$libs/fetched" -nt "$root/tests/kafka/pom.xml" ] && return
    mkdir -p "$libs"
    # Tests run in several processes: one fetches, the others wait for it.
    exec 8> "$libs/lock"
    flock 8
    [ "$libs/fetched" -nt "$root/tests/kafka/pom.xml" ] && { exec 8>&-; return; }
    mvn --quiet --batch-mode --file "$root/tests/kafka/pom.xml" dependency:copy-dependencies \
        -DoutputDirectory="$libs" -DincludeScope=runtime
    touch "$libs/fetched"
    exec 8>&-
}

run() {
    folder=$1 port=$2
    fetch
    mkdir -p "$folder"
    if [ ! -e "$folder/server.properties" ]; then
        controller=$("${PYTHON:-python3}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        cat > "$folder/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$folder/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
message.max.bytes=33554432
END
        java -cp "$libs/*" -Xmx128m -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
            kafka.tools.StorageTool format --ignore-formatted --cluster-id bGVpdHN0YW5kLXRlc3QtMQ \
            --config "$folder/server.properties" > /dev/null
    fi
    exec java -cp "$libs/*" -Xms96m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn kafka.Kafka "$folder/server.properties"
}

case "${1:-}" in
    fetch) fetch ;;
    run) run "$2" "$3" ;;
    *) sed -n '2,4p' "$0" >&2; exit 2 ;;
esac
