# Builds leadroutes and runs it as a user without rights. Java routes in routes/ are compiled at start, hence a JDK.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY src ./src
RUN mvn -B -ntp -q package -Dmaven.test.skip=true

FROM eclipse-temurin:25-jdk
WORKDIR /opt/leadroutes
COPY --from=build /src/target/lib ./lib
COPY --from=build /src/target/leadroutes.jar ./
COPY application.properties rules.yaml ./
COPY routes ./routes
RUN mkdir data && chown 10001:10001 data
USER 10001:10001
# Own state and, unless CRM_DATABASE_URL says otherwise, the leads.
VOLUME /opt/leadroutes/data
# Probes and Prometheus come from outside of the container, whose loopback they cannot reach.
ENV MANAGEMENT_HOST=0.0.0.0
EXPOSE 8080 9876
STOPSIGNAL SIGTERM
# The image has neither curl nor wget.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 \
  CMD ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", "leadroutes.jar", "health"]
# Java deserialisation is refused everywhere in the process.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-Djdk.serialFilter=!*", "--enable-native-access=ALL-UNNAMED", \
  "--sun-misc-unsafe-memory-access=allow", "-jar", "leadroutes.jar"]
CMD ["run"]
