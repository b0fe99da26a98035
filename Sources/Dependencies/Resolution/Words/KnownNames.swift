/// Names that people often write, for guessing what they meant by one that no index has.
enum KnownNames {
    /// What is imported, where the project has another name; both normalised.
    static let projects: [String: String] = [
        "attr": "attrs", "bio": "biopython", "bs4": "beautifulsoup4", "crypto": "pycryptodome",
        "cryptodome": "pycryptodomex",
        "cv2": "opencv-python", "dateutil": "python-dateutil",
        "docx": "python-docx", "dotenv": "python-dotenv", "faiss": "faiss-cpu", "fitz": "pymupdf", "git": "GitPython",
        "github": "PyGithub", "grpc": "grpcio", "jose": "python-jose", "jwt": "PyJWT",
        "kafka": "kafka-python", "ldap": "python-ldap", "magic": "python-magic",
        "mysqldb": "mysqlclient", "nacl": "pynacl",
        "openssl": "pyOpenSSL", "pil": "pillow", "pkg-resources": "setuptools", "pptx": "python-pptx",
        "pytorch": "torch", "ruamel": "ruamel.yaml",
        "sentence-transformer": "sentence-transformers", "serial": "pyserial", "skimage": "scikit-image",
        "sklearn": "scikit-learn", "slack": "slack-sdk", "snowflake": "snowflake-connector-python",
        "speech-recognition": "SpeechRecognition", "telegram": "python-telegram-bot",
        "usb": "pyusb", "websocket": "websocket-client", "win32api": "pywin32",
        "wx": "wxPython", "xgb": "xgboost", "yaml": "PyYAML", "zmq": "pyzmq",
    ]

    static let standardLibrary: Set<String> = [
        "abc", "argparse", "array", "ast", "asyncio", "base64", "bisect", "bz2", "calendar", "collections", "concurrent",
        "configparser", "contextlib", "copy", "csv", "ctypes", "dataclasses", "datetime", "decimal", "difflib", "email",
        "enum", "fnmatch", "fractions", "functools", "gc", "getpass", "glob", "gzip", "hashlib", "heapq", "hmac", "html",
        "http", "importlib", "inspect", "io", "itertools", "json", "logging", "lzma", "math", "mimetypes",
        "multiprocessing", "operator", "os", "pathlib", "pickle", "platform", "pprint", "queue", "random", "re",
        "sched", "secrets", "shutil", "signal", "socket", "sqlite3", "ssl", "stat", "statistics", "string", "struct",
        "subprocess", "sys", "tarfile", "tempfile", "textwrap", "threading", "time", "timeit", "tkinter", "traceback",
        "typing", "unittest", "urllib", "uuid", "venv", "warnings", "wave", "weakref", "xml", "zipfile", "zlib",
        "zoneinfo",
    ]

    static let popular: [String] = [
        "accelerate", "aiohttp", "airflow", "alembic", "altair", "anthropic", "apache-airflow", "beautifulsoup4",
        "black", "bokeh", "boto3", "botocore", "catboost", "celery", "click", "cryptography", "cython", "dask",
        "datasets", "django", "duckdb", "fastapi", "fastparquet", "flask", "geopandas", "gensim", "google-cloud-storage",
        "great-expectations", "grpcio", "gunicorn", "h5py", "httpx", "huggingface-hub", "hydra-core", "ipykernel",
        "ipython", "jax", "jinja2", "joblib", "jsonschema", "jupyter", "jupyterlab", "keras", "langchain", "lightgbm",
        "lxml", "markdown", "matplotlib", "metaflow", "mlflow", "mypy", "networkx", "nltk", "numba", "numpy", "openai",
        "opencv-python", "openpyxl", "optuna", "orjson", "pandas", "paramiko", "pillow", "plotly", "polars", "protobuf",
        "psutil", "psycopg2", "psycopg2-binary", "pyarrow", "pydantic", "pymongo", "pymysql", "pyspark", "pytest",
        "python-dateutil", "python-dotenv", "pytorch-lightning", "pytz", "pyyaml", "ray", "redis", "requests", "rich",
        "ruff", "s3fs", "scikit-image", "scikit-learn", "scipy", "seaborn", "selenium", "sentence-transformers",
        "setuptools", "shap", "snowflake-connector-python", "spacy", "sqlalchemy", "starlette", "statsmodels",
        "streamlit", "sympy", "tabulate", "tensorboard", "tensorflow", "tokenizers", "torch", "torchaudio",
        "torchvision", "tqdm", "transformers", "typer", "urllib3", "uvicorn", "wandb", "websockets", "wheel",
        "xarray", "xgboost", "xlrd",
    ]
}
