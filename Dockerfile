# Builds leadroutes and runs it as a user without rights.
#   docker build -t leadroutes .                    Java routes in routes/ are compiled at start
#   docker build -t leadroutes --target jre .       without the compiler: YAML routes and jars only
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY src ./src
RUN mvn -B -ntp -q package -Dmaven.test.skip=true

# What of the JDK is used, as jdeps tells; jdk.compiler and jdk.zipfs compile Java routes.
FROM eclipse-temurin:25-jdk AS runtimes
ENV MODULES=java.base,java.compiler,java.desktop,java.instrument,java.management,java.naming,java.net.http,java.prefs,java.rmi,java.scripting,java.security.jgss,java.sql,java.sql.rowset,jdk.httpserver,jdk.jfr,jdk.management,jdk.net,jdk.unsupported
RUN jlink --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages --compress zip-6 --output /jre \
  && jlink --add-modules "$MODULES,jdk.compiler,jdk.zipfs" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
    --output /jdk

FROM debian:12-slim AS base
ENV PATH="/opt/java/bin:$PATH"
WORKDIR /opt/leadroutes
COPY --from=build /src/target/lib ./lib
COPY --from=build /src/target/leadroutes.jar ./
COPY application.properties rules.yaml deploy/java.options ./
COPY routes ./routes
# Own state and, unless CRM_DATABASE_URL says otherwise, the leads.
RUN mkdir data && chown 10001:10001 data
# Probes and Prometheus come from outside of the container, whose loopback they cannot reach.
ENV MANAGEMENT_HOST=0.0.0.0
EXPOSE 8080 9876
STOPSIGNAL SIGTERM
# The image has neither curl nor wget.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 \
  CMD ["java", "-XX:AOTCache=leadroutes.aot", "-Xlog:aot*=error", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", "leadroutes.jar", "health"]
ENTRYPOINT ["java", "@java.options", "-jar", "leadroutes.jar"]
CMD ["run"]

# The cache holds what a day of the demo loads. It is made here, of this jar by this JVM: Java would use that of an older
# jar without a word. Options that it does not go with make Java start without it, after a line of log; with AOTMode=on they
# end the build. It holds nothing of what ran often in the demo, because Java would compile all of that at each start.
FROM base AS jre
COPY --from=runtimes /jre /opt/java
RUN java -XX:AOTCacheOutput=leadroutes.aot -XX:+UseG1GC -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
    -jar leadroutes.jar demo >/dev/null \
  && java -XX:AOTMode=on @java.options -jar leadroutes.jar --version
USER 10001:10001
VOLUME /opt/leadroutes/data

FROM base
COPY --from=runtimes /jdk /opt/java
RUN java -XX:AOTCacheOutput=leadroutes.aot -XX:+UseG1GC -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
    -jar leadroutes.jar demo >/dev/null \
  && java -XX:AOTMode=on @java.options -jar leadroutes.jar --version
USER 10001:10001
VOLUME /opt/leadroutes/data
