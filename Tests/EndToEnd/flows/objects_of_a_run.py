from metaflow import S3, FlowSpec, step


class ObjectsOfARun(FlowSpec):
    @step
    def start(self):
        with S3(run=self) as s3:
            self.url = s3.put("greeting", "hello")
            self.stored = s3.put_many([("many/1", "one"), ("many/2", b"two")])
        self.next(self.end)

    @step
    def end(self):
        with S3(run=self) as s3:
            self.text = s3.get("greeting").text
            self.all = sorted((found.key, found.text) for found in s3.get_all())


if __name__ == "__main__":
    ObjectsOfARun()
